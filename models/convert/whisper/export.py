"""Exports a Whisper model to the ONNX layout of onnx-community's *_timestamped repositories; fp32 and int8."""
import sys, os, json, shutil, hashlib, warnings; warnings.filterwarnings('ignore')
import numpy as np, torch, onnx
from onnx import helper, TensorProto, numpy_helper
from torch import nn
from weights import LAB, hf_model
torch.set_num_threads(2)
class Enc(nn.Module):
    def __init__(s,m): super().__init__(); s.e=m.model.encoder
    def forward(s,x): return s.e(x).last_hidden_state
class Dec(nn.Module):
    def __init__(s,m,past):
        super().__init__(); s.d=m.model.decoder; s.out=m.proj_out; s.past=past; s.H=m.config.decoder_attention_heads; s.D=m.config.d_model
    def heads(s,x): return x.view(x.shape[0],x.shape[1],s.H,s.D//s.H).transpose(1,2)
    def attend(s,a,x,k,v,mask):
        B,T,_=x.shape
        q=s.heads(a.q_proj(x)*a.scaling); w=torch.matmul(q,k.transpose(2,3))
        if mask is not None: w=w+mask
        w=torch.softmax(w,-1)
        return a.out_proj(torch.matmul(w,v).transpose(1,2).reshape(B,T,s.D)),w
    def forward(s,ids,enc,*past):
        d=s.d; off=past[0].shape[2] if s.past else 0
        pos=torch.arange(ids.shape[1])+off
        x=d.embed_tokens(ids)+d.embed_positions.weight[pos]; outs=[]; cross=[]
        for l,lay in enumerate(d.layers):
            h=lay.self_attn_layer_norm(x); a=lay.self_attn
            k=s.heads(a.k_proj(h)); v=s.heads(a.v_proj(h))
            if s.past: k=torch.cat([past[4*l],k],2); v=torch.cat([past[4*l+1],v],2)
            mask=torch.where(torch.arange(k.shape[2])[None,:]<=pos[:,None],torch.tensor(0.0),torch.tensor(-3.4028234663852886e38))[None,None]
            y,_=s.attend(a,h,k,v,mask); x=x+y
            h=lay.encoder_attn_layer_norm(x); a=lay.encoder_attn
            if s.past: ek,ev=past[4*l+2],past[4*l+3]
            else: ek,ev=s.heads(a.k_proj(enc)),s.heads(a.v_proj(enc))
            y,w=s.attend(a,h,ek,ev,None); x=x+y; cross.append(w)
            h=lay.final_layer_norm(x); x=x+lay.fc2(lay.activation_fn(lay.fc1(h)))
            outs+=[k,v] if s.past else [k,v,ek,ev]
        return (s.out(d.layer_norm(x)),*outs,*cross)
DE=["decoder.key","decoder.value","encoder.key","encoder.value"]
def io(m):
    L=m.config.decoder_layers; names=lambda kind,parts:[f"{kind}.{l}.{p}" for l in range(L) for p in parts]
    return names("past_key_values",DE),names("present",DE),names("present",DE[:2]),[f"cross_attentions.{i}" for i in range(L)]
def export(m,out):
    os.makedirs(out,exist_ok=True); c=m.config; H,D=c.decoder_attention_heads,c.d_model
    PAST,PRES,PRESD,CROSS=io(m); kw=dict(opset_version=17,dynamo=False,do_constant_folding=True)
    with torch.no_grad():
        torch.onnx.export(Enc(m).eval(),(torch.randn(1,80,3000),),f"{out}/encoder_model.onnx",input_names=["input_features"],output_names=["last_hidden_state"],dynamic_axes={"input_features":{0:"batch_size"},"last_hidden_state":{0:"batch_size"}},**kw)
        sot=m.generation_config.decoder_start_token_id; ids=torch.tensor([[sot,sot+1,sot+101]]); enc=torch.randn(1,1500,D)
        dyn={"input_ids":{0:"batch_size",1:"decoder_sequence_length"},"encoder_hidden_states":{0:"batch_size",1:"encoder_sequence_length"},"logits":{0:"batch_size",1:"decoder_sequence_length"}}
        for n in PAST: dyn[n]={0:"batch_size",2:"past_decoder_sequence_length" if ".decoder." in n else "encoder_sequence_length_out"}
        for n in PRES: dyn[n]={0:"batch_size",2:"present_decoder_sequence_length" if ".decoder." in n else "encoder_sequence_length_out"}
        for n in CROSS: dyn[n]={0:"batch_size",2:"decoder_sequence_length",3:"encoder_sequence_length_out"}
        pick=lambda ns:{n:dyn[n] for n in ns}
        torch.onnx.export(Dec(m,False).eval(),(ids,enc),f"{out}/decoder_model.onnx",input_names=["input_ids","encoder_hidden_states"],output_names=["logits"]+PRES+CROSS,dynamic_axes=pick(["input_ids","encoder_hidden_states","logits"]+PRES+CROSS),**kw)
        past=[torch.randn(1,H,5 if ".decoder." in n else 1500,D//H) for n in PAST]
        torch.onnx.export(Dec(m,True).eval(),(ids[:,:1],enc,*past),f"{out}/decoder_with_past_model.onnx",input_names=["input_ids","encoder_hidden_states"]+PAST,output_names=["logits"]+PRESD+CROSS,dynamic_axes=pick(["input_ids","logits"]+PAST+PRESD+CROSS),**kw)
def merge(a,b,dest,m):
    PAST,PRES,PRESD,CROSS=io(m); H,D=m.config.decoder_attention_heads,m.config.d_model
    a=onnx.load(a); b=onnx.load(b); inits={}; order=[]
    def prep(g,tag):
        ren={}
        for t in g.initializer:
            arr=numpy_helper.to_array(t); key=(t.data_type,tuple(t.dims),hashlib.sha256(arr.tobytes()).hexdigest())
            if key not in inits:
                n=f"shared_{len(order)}"; inits[key]=n; order.append(numpy_helper.from_array(arr,n))
            ren[t.name]=inits[key]
        ins={i.name for i in g.input}
        for n in g.node:
            n.name=tag+n.name
            for i,x in enumerate(n.input):
                if x in ren: n.input[i]=ren[x]
                elif x and x not in ins: n.input[i]=tag+x
            for i,x in enumerate(n.output): n.output[i]=tag+x
        return g,{o.name:tag+o.name for o in g.output}
    ga,oa=prep(a.graph,"no_past/"); gb,ob=prep(b.graph,"with_past/")
    allout=["logits"]+PRES+CROSS; vi={o.name:o for o in a.graph.output}
    def sub(g,outs,name):
        nodes=list(g.node); vis=[]
        for o in allout:
            if o in outs: src=outs[o]
            else:
                src=name+"/"+o; nodes.append(helper.make_node("Constant",[],[src],value=helper.make_tensor(src+"_v",TensorProto.FLOAT,[0,H,0,D//H],[])))
            vis.append(helper.make_tensor_value_info(src,TensorProto.FLOAT,None))
        return helper.make_graph(nodes,name,[],vis)
    node=helper.make_node("If",["use_cache_branch"],allout,then_branch=sub(gb,ob,"with_past"),else_branch=sub(ga,oa,"no_past"),name="optimum::if")
    ins={i.name:i for i in gb.input}; ina={i.name:i for i in ga.input}
    inputs=[ina["input_ids"],ina["encoder_hidden_states"]]+[ins[n] for n in PAST]+[helper.make_tensor_value_info("use_cache_branch",TensorProto.BOOL,[1])]
    g=helper.make_graph([node],"merged",inputs,[vi[o] for o in allout],initializer=order)
    mm=helper.make_model(g,opset_imports=a.opset_import,ir_version=8,producer_name="colloquy-whisper-export")
    onnx.checker.check_model(mm); onnx.save(mm,dest)
